/** Reasons that are the server's, under one name in the coverage; the log has each. */
const SERVER_ERRORS = /^(internal_error|timeout|html|no_json|no_data|http_5\d\d|unreachable|too_slow|too_large)$/;
export const reasonOf = (code: string): string => (SERVER_ERRORS.test(code) ? 'server_error' : code);
