/** The names of the container's uts namespace. Inside. uts_namespaces(7) */
import { step } from '../../sync/stage.ts'
import { setdomainname, sethostname } from '../../sys/process.ts'

export const setNames = (names: {
  readonly hostname?: string
  readonly domainname?: string
}): void => {
  const { hostname, domainname } = names
  if (hostname) {
    step(`set hostname ${hostname}`, '/hostname')
    sethostname(hostname, Buffer.byteLength(hostname))
  }
  if (domainname) {
    step(`set domainname ${domainname}`, '/domainname')
    setdomainname(domainname, Buffer.byteLength(domainname))
  }
}
