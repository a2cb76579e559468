"""The call centre: from a signal to somebody at the door.

- `triage`       what a signal asks of people (pure)
- `intake`       signals → alarms → incidents, in the caller's transaction
- `incidents`    the open cases: lifecycle, escalation, timeline, what screens show
- `assignments`  a responder's job, and who could take one
- `people`       areas, homes, residents, contacts, caregivers, accounts
- `engine`       lets deadlines pass

Depends on `devices` for signals and for words to terminals, never on `scheduler`: that one follows
the facts told here (`incidents.facts`) and reads the views `dispatch.…_v1`.
"""
