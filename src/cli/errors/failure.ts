// Reports how a command failed: the message on standard error and the last JSON line.

import { inspect } from 'node:util'
import { isError, messageOf } from '../../foreign/error.ts'
import { isOssupError, type OssupError } from '../../runtimes/node/index.ts'
import { sourceHint } from '../args/credentials-source.ts'
import { withFlags } from '../args/option-flags.ts'
import { UsageError } from '../args/usage-error.ts'
import { printableLine } from '../output/printable.ts'
import type { Screen } from '../output/screen.ts'
import { exitCodeOf } from './exit-codes.ts'
import { SomeFailed } from './some-failed.ts'
import { Stopped } from './stop.ts'
import { Unwell } from './unwell.ts'

/** Reports the error and returns the exit code. */
export function reportFailure(error: unknown, screen: Screen): number {
  const exitCode = exitCodeOf(error)
  if (screen.json) screen.result('error', { ...failureFields(error), exitCode }, '')
  // A stopped command has already printed its progress.
  if (!(error instanceof Stopped)) screen.error(failureText(error, screen))
  screen.debug(inspect(error))
  return exitCode
}

/**
 * Reports that one of several items failed; the others continue. `subject` names the item, in words and as
 * JSON fields.
 */
export function reportOne(
  error: unknown,
  subject: { readonly text: string; readonly fields: object },
  screen: Screen,
): void {
  const fields = { ...failureFields(error), ...subject.fields, exitCode: exitCodeOf(error) }
  if (screen.json) screen.result('failed', fields, '')
  screen.error(
    `ossup: ${subject.text}: ${printableLine(isError(error) ? withFlags(error) : messageOf(error))}`,
  )
  screen.debug(inspect(error))
}

/** The code and message of any error. */
export function codeAndMessage(error: unknown): { code: string; message: string } {
  if (isOssupError(error)) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: messageOf(error) }
}

function failureText(error: unknown, screen: Screen): string {
  const head = `ossup: ${printableLine(isError(error) ? withFlags(error) : messageOf(error))}`
  if (error instanceof UsageError) return `${head}\n${error.hint}`
  if (error instanceof SomeFailed || error instanceof Unwell) return head
  if (!isOssupError(error)) {
    return `${head}\nThis is a fault in ossup itself. Run it with --log-level debug and report what it says.`
  }
  const hint = error.resumable ? hintAfter(error) : undefined
  return [
    head,
    ...sourceHint(error, screen),
    ...creationHint(error),
    ...(hint === undefined ? [] : [screen.paint('bold', hint)]),
  ].join('\n')
}

/** For a bucket that does not exist: the command that creates it. */
function creationHint({ code, bucket }: OssupError): string[] {
  const isWanted = code === 'NoSuchBucket' && bucket !== undefined
  return isWanted ? [`If it is yet to be made: ossup mb oss://${bucket}`] : []
}

/** The next step if a checkpoint is kept; `undefined` if the error's own hint already names it. */
function hintAfter(error: OssupError): string | undefined {
  if (error.code === 'SOURCE_NOT_KEPT') return undefined
  switch (exitCodeOf(error)) {
    case 2:
    case 7:
      return undefined
    case 8:
      return 'The parts that were sent are kept: `ossup clean` removes them (--older-than says when).'
    default:
      return 'The checkpoint is kept: run the same command again to continue.'
  }
}

/** An error as the fields of a JSON line. */
export function failureFields(error: unknown): Record<string, unknown> {
  if (isOssupError(error)) return error.toJSON()
  if (error instanceof UsageError) {
    return { name: error.name, code: error.code, message: error.message, hint: error.hint }
  }
  if (error instanceof Stopped) {
    return { name: error.name, code: error.code, message: error.message }
  }
  if (error instanceof SomeFailed || error instanceof Unwell) {
    return { name: error.name, code: error.code, message: error.message, ...error.counts }
  }
  return { name: 'Error', code: 'UNEXPECTED', message: String(error) }
}
