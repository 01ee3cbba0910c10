import { GettokError } from '../../manifests/gettok-error.ts';

/** A proxy as declared: its address, or the variable that holds it. */
export interface DeclaredProxy {
  readonly proxy?: string | undefined;
  readonly proxy_env?: string | undefined;
}

/** The proxy that a dataset names isn't there. What the variable holds is never said. */
export class ProxyError extends GettokError {
  override readonly name = 'ProxyError';
}

const SCHEMES = ['http:', 'https:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'];

/** What is wrong with an address in a declaration, which is kept in every version; null when it is one. */
export function faultOfProxy(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !SCHEMES.includes(url.protocol)) return 'found no proxy; expected such as socks5://localhost:1080';
  if (url.username !== '' || url.password !== '')
    return 'found a password, which would be kept in every version; expected proxy_env with the name of a variable';
  return null;
}

/** The address to use; null for none. */
export function proxyAddress(
  { proxy, proxy_env: name }: DeclaredProxy,
  variable: (name: string) => string | undefined,
): string | null {
  if (name === undefined) return proxy ?? null;
  const value = variable(name);
  if (value === undefined || value === '')
    throw new ProxyError(`proxy_env names ${name}, which is not set. Set it to the proxy's address, then run again.`);
  if (!SCHEMES.includes(URL.parse(value)?.protocol ?? ''))
    throw new ProxyError(`${name} holds no proxy's address; expected such as socks5://user:password@host:1080`);
  return value;
}
