/** Text that can't stand in an SQL statement at all. */
class NulInSqlError extends Error {
  override readonly name = 'NulInSqlError';
}

const withoutNul = (text: string): string => {
  // DuckDB's interface ends a statement at the first NUL: what follows would be cut off silently.
  if (text.includes('\0')) throw new NulInSqlError(`${JSON.stringify(text)} can't be named in SQL: it has a NUL in it`);
  return text;
};

/** An SQL identifier in quotes. */
export const quoteName = (name: string): string => `"${withoutNul(name).replaceAll('"', '""')}"`;

/** An SQL string literal. */
export const quoteText = (text: string): string => `'${withoutNul(text).replaceAll("'", "''")}'`;

/** Names exactly this file to DuckDB, which reads `*`, `?` and `[` in a path as a pattern. */
export const literalPath = (path: string): string => path.replaceAll(/[*?[]/g, '[$&]');

/** `read_parquet(…)` over local files in this order. Nothing is guessed from their paths. */
export function parquetFiles(paths: readonly string[], options = ''): string {
  const list = paths.map((path) => quoteText(literalPath(path))).join(', ');
  return `read_parquet([${list}], hive_partitioning = false${options})`;
}
