import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until it holds, and throws once the time is over: a loop without an end would go on behind its test and fail the
 * next one. What is waited for must stay as it is when it has come, or be passed by slowly: a busy machine looks seldom.
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await pause(50)) if (await holds()) return;
  throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
}
