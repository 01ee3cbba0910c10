import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

/** A connection was wanted to an address inside: this machine or its network. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly host: string;
  constructor(host: string) {
    super(`${host} is at a private address; allow_private_addresses lets downloads reach those.`);
    this.host = host;
  }
}

/** Throws for a host that is a private address itself: for those nothing is looked up. */
export function refusePrivate(host: string): void {
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddressError(host);
}

/**
 * Looks a name up as Node does, and refuses it when any of its addresses is private. The connection is made to the very
 * addresses that were checked, so that a name can't change in between.
 */
export const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) {
      done(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isPrivateAddress(address)))
      done(new PrivateAddressError(host), '', 0);
    else if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
};
