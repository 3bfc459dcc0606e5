// Names of this server itself. A web page of an attacker can reach a server on loopback through a host name that
// resolves to 127.0.0.1 (DNS rebinding). The Host header then has the attacker's name, never an address or
// `localhost`.

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/

/** Returns the host of a Host header, in lower case, without its port. */
export function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '')
}

/** Returns whether a Host is an address, localhost, or one of the names given to the server. */
export function isOwnHost(host: string, names: readonly string[]): boolean {
  const name = hostName(host)
  if (address.test(name)) return true
  return ['localhost', ...names].some(
    own => name === own.toLowerCase() || name.endsWith(`.${own.toLowerCase()}`),
  )
}

export function isAddress(name: string): boolean {
  return address.test(name)
}
