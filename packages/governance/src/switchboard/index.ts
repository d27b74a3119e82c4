export {
  createSwitchboard,
  restoreSwitch,
  type SwitchCommand,
  scopesOf,
  throwSwitch,
} from './switchboard.js';
