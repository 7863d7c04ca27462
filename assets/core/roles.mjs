// Who sits at the screen, and what that role may do; the server decides, the page only hides what it would
// refuse.
import { parkState } from "./push.mjs";

const OPERATORS = ["operator", "manager", "admin"];
const MANAGERS = ["manager", "admin"];

const currentRole = () => parkState.hello?.role;

/** Whether the one at the screen may answer alarms and incidents. */
export const isOperator = () => OPERATORS.includes(currentRole());

/** Whether the one at the screen may change how the room works. */
export const isManager = () => MANAGERS.includes(currentRole());
