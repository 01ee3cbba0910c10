import { userInfo } from 'node:os';

/** Login name of whoever runs the command; null where the system knows none, as in some containers. */
export function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
