import { createLogger } from '@roundtable/common/logger'

/** For stores whose log no test reads. */
export const silentLogger = createLogger('test').child({}, { level: 'silent' })
