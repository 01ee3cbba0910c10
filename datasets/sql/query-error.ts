import { GettokError } from '../../manifests/gettok-error.ts';

/** SQL that DuckDB refused, or that would do more than read the version. */
export class QueryError extends GettokError {
  override readonly name = 'QueryError';
}
