import { expect, it } from 'vitest';
import { createSshKeyFile } from '../../src/approvals/ssh-key-file.js';
import { verifySshSignature } from '../../src/approvals/ssh-signature.js';
import { createSshSigner } from '../../src/approvals/ssh-signer.js';

it('a key file that was made here signs what the verifier accepts', () => {
  const signer = createSshSigner(createSshKeyFile('plain@example.com'));
  const signature = signer.sign('devops-mcp-approval', 'a message');
  const verified = verifySshSignature(signature, 'devops-mcp-approval', 'a message');
  expect(`${verified.publicKey.type} ${verified.publicKey.blob.toString('base64')}`).toBe(signer.publicKey);
  expect(() => verifySshSignature(signature, 'devops-mcp-approval', 'another')).toThrow();
});
