/** Every exit code and its meaning, as the help shows them. */
export const exitCodes = {
  0: 'done',
  1: 'a fault in ossup itself',
  2: 'usage, or an option, bucket or key that cannot be',
  3: 'credentials: missing, wrong or expired',
  4: 'source: missing, not readable, not a file, or changed',
  5: 'passing fault; the checkpoint is kept, run it again',
  6: 'integrity: what was stored is not what was sent',
  7: 'busy: another process is doing this upload',
  8: 'refused for good: permission, no such bucket or object, overwrite forbidden, no room',
  9: 'some of several uploads failed',
  10: 'the checkpoint cannot be kept',
  130: 'stopped by Ctrl-C (SIGINT); the checkpoint is kept',
  143: 'stopped by SIGTERM or SIGHUP; the checkpoint is kept',
} as const

export type ExitCode = keyof typeof exitCodes
