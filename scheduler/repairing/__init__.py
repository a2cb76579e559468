"""Repairs that a person decides on: what happened, two or three ways to go on, one click.

- `model`    causes, states, what a repair is (pure)
- `compare`  who gains and who waits between two plans (pure)
- `store`    SQL
- `finding`  which repair somebody means, if they may see it
- `facts`    what others are told of a repair
- `asking`   the shell at the console's side: record what happened, ask for ways to go on
- `deciding` the shell at the console's side: publish one of them, or dismiss them
- `offering` the shell at the planner's side: compute the alternatives
- `ahead`    plans of later days that count on somebody absent: asked for anew
- `watching` the planner's loop over plans: hold today's, answer what is asked, repair after alarms
- `showing`  a repair as people read it: who is visited, who comes, when
"""
