import type { ActionBinding } from '../model.js';
import type { ApproverDirectory } from './approver-directory.js';

/** Whether somebody who is named like this may decide on the proposal, and may therefore see it. */
export function mayDecide(directory: ApproverDirectory, subject: string, binding: ActionBinding): boolean {
  return directory.signersNamed(subject).some(({ fingerprint }) => {
    const enrolment = directory.enrolment(fingerprint);
    if (enrolment === undefined) return binding.environmentClass !== 'production';
    return enrolment.environments.includes(binding.environment);
  });
}
