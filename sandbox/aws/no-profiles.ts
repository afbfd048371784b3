import { homedir } from 'node:os';
import { join } from 'node:path';
import { externalDataInterceptor } from '@smithy/core/config';

/**
 * Lets the SDK take its two shared configuration files for empty, for this whole process. A person's own profile must
 * not change what the sandbox does, and reading a file takes real time, in which virtual time could move on.
 */
export function withoutProfiles(): void {
  const files = [
    process.env.AWS_CONFIG_FILE || join(homedir(), '.aws', 'config'),
    process.env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials'),
  ];
  for (const file of files) externalDataInterceptor.interceptFile(file, '');
}
