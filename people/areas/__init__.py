"""What the map shows: areas, roads, stations, meal points, as GeoJSON.

- `store` rows of the map
"""
