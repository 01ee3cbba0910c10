import { isIP } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

/** Longer than any address a site gives. */
const MAX_LENGTH = 4096;

/** An address that yt-dlp may be given, or what is wrong with it. Names are looked up later, by whoever connects. */
export function checkedUrl(text: string, allowPrivateAddresses: boolean): URL | string {
  if (text.length > MAX_LENGTH) return `The address has ${text.length} characters; at most ${MAX_LENGTH} are accepted.`;
  const url = URL.parse(text);
  if (!url) return 'The address is no URL.';
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `The address begins with ${url.protocol}; http: or https: is accepted.`;
  if (url.username !== '' || url.password !== '') return 'The address has a user name or a password in it.';
  if (!allowPrivateAddresses && isPrivateHost(url.hostname))
    return `${url.hostname} is a private address; allow_private_addresses lets downloads reach those.`;
  return url;
}

/** What can be told without looking the name up; `localhost` and names below it never leave the machine (RFC 6761). */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIP(host) === 0 ? /(^|\.)localhost$/i.test(host) : isPrivateAddress(host);
}
