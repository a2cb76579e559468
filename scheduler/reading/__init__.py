"""What people may see of plans, visits and meals; decides nothing, writes nothing.

- `model`      what is shown
- `caregiver`  one caregiver's or courier's today
- `family`     today of residents, for their families
- `planner`    the plan in force with names, what it leaves out and why, versions, figures
- `home`       what last happened at a home
- `store`      SQL
- `effects`   what it delays if somebody leaves for an alarm: the answer while an operator's hand
              hovers
- `tracking`  when somebody will be where, from the plan and what has been reported (pure)
"""
