// The world of the checks on this machine.

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  checkpointStore,
  explainCredentials,
  inspectConnection,
  type NetworkOptions,
  nodeTransport,
} from '../../runtimes/node/index.ts'
import type { Address } from '../args/address.ts'
import { type checkpointFlags, checkpointPlace } from '../args/checkpoint-flags.ts'
import type { Shell } from '../args/command.ts'
import type { FlagValues } from '../args/flags.ts'
import { bucketOf, configOf, type connectionFlags } from '../connect/connection.ts'
import { networkOf } from '../connect/network.ts'
import { version } from '../output/version.ts'
import { lookAtFolder } from './folder.ts'
import type { FirstAnswer, World } from './world.ts'

/** A name that a bucket can have, where the endpoint alone is meant. */
const noBucket = 'ossup-doctor'
/** How long a connection and OSS's first answer may take. */
const patienceMs = 10_000

type DoctorFlags = FlagValues<typeof connectionFlags & typeof checkpointFlags>

export function thisMachine(
  target: Address | undefined,
  flags: DoctorFlags,
  shell: Pick<Shell, 'env' | 'signal' | 'screen'>,
): World {
  const { signal, env } = shell
  const bucket = once(() => bucketOf(target?.bucket ?? noBucket, flags, shell))
  const origin = async () => {
    const { serviceOrigin, origin } = (await bucket()).address
    return target === undefined ? (serviceOrigin ?? origin) : origin
  }
  // Opened by its check, which reports a home folder that is missing.
  const store = () => checkpointStore(checkpointPlace(flags))
  return {
    target,
    signal,
    program: {
      version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    },
    uncheckedBy: flags.insecure ? '--insecure' : distrust(env),
    get checkpointDir() {
      return store().location
    },
    get checkpoints() {
      return store()
    },
    now: Date.now,
    stopwatch: {
      monotonic: () => performance.now(),
      sleep: async (ms, signal) => delay(ms, undefined, { signal }),
    },
    credentials: () => explainCredentials(configOf(flags, shell)),
    bucket,
    connection: once(async () => {
      const { network } = networkOf(flags)
      return inspectConnection(await origin(), network, { signal, timeoutMs: patienceMs })
    }),
    answer: once(async () => firstAnswer(networkOf(flags).network, await origin(), signal)),
    folder: lookAtFolder,
    randomName: () => randomBytes(6).toString('hex'),
    randomBytes,
  }
}

/** Asked for by several checks, done by the first. */
function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= action()
    return result
  }
}

async function firstAnswer(
  network: NetworkOptions,
  origin: string,
  signal: AbortSignal,
): Promise<FirstAnswer> {
  const request = { method: 'GET', origin, target: '/', headers: {} }
  const transport = nodeTransport(network)
  try {
    const sentAt = Date.now()
    const response = await transport.send(request, { signal, idleTimeoutMs: patienceMs })
    const receivedAt = Date.now()
    // If it is not OSS that answers, its page may be long. It is not read.
    for await (const _ of response.body) break
    return { status: response.status, headers: response.headers, sentAt, receivedAt }
  } finally {
    transport.close()
  }
}

/** Node.js goes by it for every connection, and warns of it once. */
function distrust(env: Shell['env']): string | undefined {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED'
  return env[name] === '0' ? name : undefined
}
