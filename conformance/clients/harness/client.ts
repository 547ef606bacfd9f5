/** What a client's file exports. */
import type { Host } from './host.ts'

export interface Client {
  readonly name: string
  /** Programs it needs, and Debian's packages of them. */
  readonly programs: Readonly<Record<string, string>>
  /** Below docs/: its files are installed before the steps are taken. */
  readonly page?: string
  /** `host` where the steps fetch packages. */
  readonly network?: 'host'
  /** Its containers' cgroups are systemd's, where there is systemd. */
  readonly systemd?: true
  readonly run: (host: Host) => Promise<void>
}
