import { BlockList, isIP } from 'node:net';

/**
 * Addresses that are not of the public internet: IANA's special-purpose registries (RFC 6890 and its updates), multicast
 * and reserved space. IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are refused as a whole, the
 * mapped ones by what they carry.
 */
const SPECIAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const special = new BlockList();
for (const [network, bits] of SPECIAL) special.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');

/** Whether an IP address, without brackets, belongs to this machine or a network that is nobody's business outside. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  if (family === 0) throw new TypeError('an IP address is expected');
  return special.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}
