"""The HTTP API: one router per noun. Every endpoint declares who may use it.

- `caregiver`    the caregiver's phone: today, evidence of visits and meals, alarm jobs, position
- `certificates` certificates: who holds which, until when; a new one, other days
- `closures`     closed roads: say that one is closed, see which are, open one again
- `family`       the family's page: how their people are, and what is being done
- `incidents`    incidents: the queue, the screen pop, and what an operator does to one
- `lookup`       finding people and terminals, and the audited reveal of a door code
- `map`          the map: its ground, the homes and the caregivers on it
- `plans`        plans: the one in force, its versions, and asking for a new one
- `repairs`      repairs: say what happened, see two or three ways to go on, publish one
- `rules`        planning rules: their sentences, and how strictly the centre keeps them
- `routers`      all of them
- `session`      logging in and out, and who one is
- `terminals`    terminals: which there are and how they are; enrolling and installing them
- `week`         the rolling week: on which days what is agreed "so many times a week" is done, and
                 by whom
"""
