import type { Store } from '../store.js';
import { stepDeployments } from './deployments.js';
import { stepBudgets } from './disruption-budgets.js';
import { stepKubelet } from './kubelet.js';
import { readOwned } from './owned-objects.js';
import { stepPodOwners } from './pod-owners.js';

export interface Controllers {
  close(): void;
}

const tickMs = 5;

/** What a cluster does by itself, a few milliseconds after something changed and until nothing changes any more. */
export function startControllers(store: Store): Controllers {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let changed = false;
  const schedule = () => {
    changed = true;
    if (!running) timer ??= setTimeout(pass, tickMs);
  };
  const pass = () => {
    timer = undefined;
    running = true;
    changed = false;
    stepKubelet(store);
    stepPodOwners(store, readOwned(store));
    stepDeployments(store, readOwned(store));
    stepBudgets(store);
    running = false;
    if (changed) schedule();
  };
  const unsubscribe = store.subscribe(schedule);
  schedule();
  return {
    close() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
