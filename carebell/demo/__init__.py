"""A synthetic town, seeded: one seed gives one town on every machine. No real person is in it.

- `words`       surnames, given names, roads: what the town is spelt with
- `geography`   areas, roads, housing, stations, meal points
- `people`      homes, residents, contacts, caregivers, couriers
- `care`        the menu of services, care plans, meals ordered by subscription
- `rota`        who works when
- `town`        all of it in one value
- `secrets`     passwords and terminal secrets, different on every installation
- `filling`     the shell: bulk COPY of a town, and of the days ahead
- `catching_up` what happened in the town while nobody simulated it
- `welcome`     `demo.json` and the table on the screen
- `agreements`  from a town to the rows of the scheduler: services, care plans, meals, shifts (pure)
- `rows`        from a town to table rows, in the order in which the tables refer to each other
                (pure)
- `running`     the demo from the first second to the last
"""
