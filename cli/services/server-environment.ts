const PASSED_ON = /^(PATH|HOME|TMPDIR|LANG|LC_.*|TZ|XDG_.*|SSL_CERT_.*)$/;

/** What the servers need of an environment. Not all of it: a `MINIO_…` or `TEMPORAL_…` of the person would change them, and no key of theirs is any server's business. */
export const serverEnvironment = (environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED_ON.test(name)));
