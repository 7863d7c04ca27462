"""What people may do in the room: the least role for every act. What is not in the table nobody may do."""

ACTIONS: dict[str, str] = {
    "alarm.acknowledge": "operator",
    "alarm.reset": "operator",
    "alarm.shelve": "operator",
    "alarm.unshelve": "operator",
    "alarm.remove": "manager",
    "alarm.restore": "manager",
    "incident.acknowledge": "operator",
    "incident.verify": "operator",
    "incident.grade": "operator",
    "incident.advance": "operator",
    "incident.assign": "operator",
    "incident.step": "operator",
    "incident.skip": "operator",
    "incident.note": "operator",
    "incident.merge": "operator",
    "incident.split": "operator",
    "command.request": "operator",
    "command.confirm": "operator",
    "command.cancel": "operator",
    "message.request": "operator",
    "camera.verify": "operator",
    "exercise.set": "manager",
    "handover.note": "operator",
    "handover.sign": "operator",
    "report.make": "operator",
    "report.take": "operator",
    "record.export": "manager",
    "clip.view": "viewer",
    "still.view": "viewer",
    "clip.hold": "operator",
    "clip.release": "manager",
    "clip.download": "manager",
    "camera.save": "manager",
    "audit.read": "manager",
    "audit.verify": "manager",
    "audit.review": "manager",
    "dead_letter.replay": "manager",
}


def least_role(action: str) -> str | None:
    """Return the least role for an act, None where there is no such act."""
    return ACTIONS.get(action)
