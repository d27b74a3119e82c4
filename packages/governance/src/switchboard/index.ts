export {
  checkSwitch,
  createSwitchboard,
  findSwitch,
  restoreSwitch,
  type SwitchCommand,
  scopesOf,
  throwSwitch,
} from './switchboard.js';
