// Gives the checks access to this machine, its network, and OSS.

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

/** A valid bucket name, used if the user gave no bucket and only the endpoint is checked. */
const noBucket = 'ossup-doctor'
/** Time limit for connecting, and the idle limit while waiting for OSS's first answer. */
const answerTimeoutMs = 10_000

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
  // Only the check of checkpoints opens the store, so that it can report a missing home folder.
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
      return inspectConnection(await origin(), network, { signal, timeoutMs: answerTimeoutMs })
    }),
    answer: once(async () => firstAnswer(networkOf(flags).network, await origin(), signal)),
    folder: lookAtFolder,
    randomName: () => randomBytes(6).toString('hex'),
    randomBytes,
  }
}

/** Several checks need the result. The first call runs the action, later calls share its result. */
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
    const response = await transport.send(request, { signal, idleTimeoutMs: answerTimeoutMs })
    const receivedAt = Date.now()
    // Another server may answer with a long page. Stop reading after the first bytes.
    for await (const _ of response.body) break
    return { status: response.status, headers: response.headers, sentAt, receivedAt }
  } finally {
    transport.close()
  }
}

/** Returns the name of the variable that turns off certificate checks in Node.js, if it is set to do so. */
function distrust(env: Shell['env']): string | undefined {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED'
  return env[name] === '0' ? name : undefined
}
