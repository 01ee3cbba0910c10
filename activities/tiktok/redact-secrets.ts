/** TikTok's keys, secrets and tokens are longer; what is shorter was made up for a simulator. */
const SHORTEST = 8;

/**
 * Takes secrets out of what a server says. One that is an ordinary word (`key`, `any`) is taken out only where it is given
 * as a value, in quotation marks or after `=` or `:`, since "Client key or secret is incorrect" has none of them in it.
 */
export const redactSecrets = (text: string, secrets: Iterable<string>): string =>
  [...secrets]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    // A secret that begins with another is taken out whole.
    .toSorted((a, b) => b.length - a.length)
    .reduce((redacted, secret) => redacted.replaceAll(patternOf(secret), '[secret]'), text);

function patternOf(secret: string): string | RegExp {
  if (secret.length >= SHORTEST || !/^[a-z]+$/i.test(secret)) return secret;
  return new RegExp(`(?<=["'\`=]|: ?)${secret}(?![a-z])`, 'g');
}
