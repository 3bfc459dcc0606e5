/** Every exit code and its meaning, as shown in the help. */
export const exitCodes = {
  0: 'done',
  1: 'a fault in ossup itself',
  2: 'usage, or an option, bucket or key that is not allowed',
  3: 'credentials: missing, wrong or expired',
  4: 'source: missing, not readable, not a file, or changed',
  5: 'temporary failure; the checkpoint is kept, run it again',
  6: 'integrity: the stored bytes are not those that were sent',
  7: 'busy: another process runs this upload',
  8: 'refused: permission, no such bucket or object, overwrite forbidden, no room',
  9: 'some of several uploads failed',
  10: 'the checkpoint cannot be kept',
  130: 'stopped by Ctrl-C (SIGINT); the checkpoint is kept',
  143: 'stopped by SIGTERM or SIGHUP; the checkpoint is kept',
} as const

export type ExitCode = keyof typeof exitCodes
