/** The 16 characters of an ORCID iD in groups of four, the last a check digit (ISO 7064 MOD 11-2). */
const PATTERN = /^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/;

export const isOrcidShaped = (text: string): boolean => PATTERN.test(text);

export function orcidCheckDigit(orcid: string): string {
  const sum = orcid
    .replaceAll('-', '')
    .slice(0, 15)
    .split('')
    .reduce((total, digit) => (total + Number(digit)) * 2, 0);
  const check = (12 - (sum % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}

export const isOrcid = (text: string): boolean => isOrcidShaped(text) && orcidCheckDigit(text) === text.at(-1);
