import { type JsonObject, type PortSet, portOf, ToolError } from '@devops-mcp/contract';
import { documentDigest } from '../proposals/digest.js';

/** The port through which actions refer to documents made earlier, such as a rollback plan. */
const planStorePort = 'planStore';
const documentsPerPlan = 8;

/** Stands between an action and the store of plans. */
export interface PlanDocuments {
  wrap<P extends object>(ports: P, declared: PortSet): P;
  /** What the action has read so far, by id. */
  read(): Readonly<Record<string, JsonObject>>;
}

interface PlanStore {
  get(id: string): Promise<JsonObject>;
}

/** Lets reads through and remembers the documents, which then travel with the proposal. */
export function recordedDocuments(): PlanDocuments {
  return documents((id, store) => store.get(id));
}

/**
 * Serves the documents of a proposal and nothing else: the requester's store may have forgotten
 * them, and the executor has never seen that store.
 */
export function attachedDocuments(attachments: Readonly<Record<string, JsonObject>>): PlanDocuments {
  return documents(async (id) => {
    const document = Object.hasOwn(attachments, id) ? attachments[id] : undefined;
    if (document === undefined) {
      throw new ToolError('not_found', 'The proposal does not carry the document that its plan refers to.', {
        hint: 'Make the plan and the proposal again.',
      });
    }
    return document;
  });
}

function documents(fetch: (id: string, store: PlanStore) => Promise<JsonObject>): PlanDocuments {
  const read = new Map<string, JsonObject>();
  const get = (store: PlanStore) => async (id: string) => {
    const document = await fetch(id, store);
    if (documentDigest(document) !== id) {
      throw new ToolError('conflict', 'A stored plan is not the one that its id names.', {
        hint: 'Make the plan again.',
      });
    }
    read.set(id, document);
    if (read.size > documentsPerPlan)
      throw new ToolError('internal', 'The plan refers to too many documents.');
    return document;
  };
  return {
    read: () => Object.fromEntries(read),
    wrap: (ports, declared) => {
      const wrapped = {};
      for (const [name, port] of Object.entries(declared)) {
        const original = () => (ports as Record<string, unknown>)[name];
        const value =
          portOf(port).name === planStorePort ? { ...readOnly, get: get(lazy(original)) } : undefined;
        const access = value === undefined ? { get: original } : { value };
        Object.defineProperty(wrapped, name, { ...access, enumerable: true });
      }
      // Boundary: the loop above gave it each declared name.
      return wrapped as typeof ports;
    },
  };
}

const readOnly = {
  put: async () => {
    throw new ToolError('internal', 'An action may not store plans.');
  },
};

/** The port is looked up when it is used: an executor may have none. */
function lazy(original: () => unknown): PlanStore {
  // Boundary: the port of that name is this interface by its definition in the domain.
  return { get: (id) => (original() as PlanStore).get(id) };
}
