/** A word as a shell reads it back: quoted only if need be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The command as it was typed. */
export function typed(): string {
  return ['tvwsim', ...process.argv.slice(2).map(quoted)].join(' ');
}
