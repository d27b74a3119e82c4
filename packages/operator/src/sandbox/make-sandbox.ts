import { generateKeyPairSync } from 'node:crypto';
import {
  createSoftwareAuthenticator,
  createSshKeyFile,
  createSshSigner,
  defaultPolicyText,
} from '@devops-mcp/governance';
import {
  createSandbox,
  type SandboxApprover,
  type SandboxOptions,
  type SandboxReport,
} from '@devops-mcp/sandbox';
import { pinServers } from '../commands/trust.js';
import { serverNames } from '../mcp/server-bins.js';
import { manifestVersion } from '../version.js';

export type MakeSandbox = Omit<SandboxOptions, 'policyText' | 'approvers' | 'executorKey' | 'serverVersion'>;

/** Two, since an asserted requester needs two distinct approvers for production. */
const approverNames = ['approver-one', 'approver-two'] as const;

/**
 * A sandbox with everything that people bring: approvers with software authenticators that are
 * enrolled nowhere else, an executor with a key of its own, the default policy and reviewed pins.
 */
export async function makeSandbox(options: MakeSandbox): Promise<SandboxReport> {
  const executor = generateKeyPairSync('ed25519');
  const report = await createSandbox({
    ...options,
    policyText: defaultPolicyText,
    approvers: [...approverNames.map(enrolledApprover), plainApprover()],
    executorKey: {
      privateKey: executor.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      publicKey: executor.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    serverVersion: manifestVersion,
  });
  await pinServers(options.directory, serverNames);
  return report;
}

function enrolledApprover(name: (typeof approverNames)[number]): SandboxApprover {
  const { publicKey, fingerprint, privateKey } = createSoftwareAuthenticator();
  return {
    ...{ person: `user:default/${name}`, principal: `${name}@example.com`, publicKey, fingerprint },
    ...{ environments: ['production', 'staging'], hardware: false },
    note: 'A software authenticator of this sandbox; it proves nothing about a person.',
    privateKey: { file: `${name}.key`, content: privateKey },
  };
}

/** Allowed to sign and good for staging; for production it does not count. */
function plainApprover(): SandboxApprover {
  const file = createSshKeyFile('plain@example.com');
  const { publicKey, fingerprint } = createSshSigner(file);
  return {
    ...{ person: 'user:default/plain', principal: 'plain@example.com', publicKey, fingerprint },
    ...{ environments: ['production', 'staging'], hardware: false },
    note: 'A plain key without presence or verification.',
    privateKey: { file: 'plain.key', content: file },
  };
}
