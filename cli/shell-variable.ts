/** What the shell says in which the command was typed. Everything that decides what a command does is in the configuration. */
export const shellVariable = (name: 'COLUMNS' | 'PATH'): string => process.env[name] ?? '';
