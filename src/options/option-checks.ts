// What the value of an option may be. Each check names the option, the value and what is allowed.

import { invalidCode, OptionError } from '../errors.ts'
import type { JournalStore } from '../ports.ts'
import { shown } from '../text/shown.ts'

export function integer(
  name: string,
  value: unknown,
  min: number,
  max: number,
  fallback: number,
  or = '',
): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    refuse(name, value, `${or}a whole number from ${min} to ${max}`)
  }
  return value as number
}

export function choice<T>(
  name: string,
  value: T | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined || allowed.includes(value)) return value
  return refuse(name, value, allowed.join(', '))
}

export function store(value: unknown): JournalStore | false | undefined {
  if (value === undefined || value === false) return value
  if (typeof value === 'object' && value !== null && 'open' in value) return value as JournalStore
  return refuse('checkpoint', value, 'a store of journals, or false')
}

export function signalOf(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined
  // Not `instanceof`: a signal may come from another realm.
  if (typeof value === 'object' && value !== null && 'aborted' in value) return value as AbortSignal
  return refuse('signal', value, 'an AbortSignal')
}

export function listener<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === 'function') return value
  return refuse(name, value, 'a function')
}

export function entriesOf(name: string, value: unknown): [name: string, value: unknown][] {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
  }
  return refuse(name, value, 'an object of names and texts')
}

export function refuse(name: string, value: unknown, allowed: string): never {
  const hint = `Allowed: ${allowed}`
  throw new OptionError(invalidCode(name), `${name} is ${shown(value)}`, { hint })
}
