"""The call centre: from a signal to somebody at the door.

- `triage`       what a signal asks of people (pure)
- `intake`       signals → alarms → incidents, in the caller's transaction
- `incidents`    the open cases: lifecycle, escalation, timeline, what screens show
- `assignments`  a responder's job, and who could take one
- `engine`       lets deadlines pass
- `family_status` how a family's people are: one colour and its reason (pure)
- `ids`          their ids

Depends on `people` for whom and where, on `devices` for signals and for words to terminals, never
on `scheduler`: that one follows the facts told here (`incidents.facts`) and reads the views
`dispatch.…_v1`.
"""
