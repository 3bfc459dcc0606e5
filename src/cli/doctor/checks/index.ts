import type { Check } from '../check.ts'
import { answer } from './answer.ts'
import { bucket } from './bucket.ts'
import { checkpoints } from './checkpoints.ts'
import { clock } from './clock.ts'
import { credentials } from './credentials.ts'
import { dns } from './dns.ts'
import { endpoint } from './endpoint.ts'
import { permission } from './permission.ts'
import { program } from './program.ts'
import { proxy } from './proxy.ts'
import { speed } from './speed.ts'
import { tcp } from './tcp.ts'
import { tls } from './tls.ts'

/** All checks in the order in which they run: a check comes after the checks that it needs. */
export const checks: readonly Check[] = [
  program,
  checkpoints,
  credentials,
  endpoint,
  proxy,
  dns,
  tcp,
  tls,
  answer,
  clock,
  bucket,
  permission,
  speed,
]
