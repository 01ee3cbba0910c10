import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../../../activities/download/private-address.ts';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1%eth0',
    'ff02::1',
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(['1.1.1.1', '100.128.0.1', '172.32.0.1', '192.167.255.255', '2606:4700::1111', '::ffff:1.1.1.1'])(
    '%s is of the internet',
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );

  it('is no name', () => expect(() => isPrivateAddress('localhost')).toThrow(TypeError));
});
