"""What the map shows: areas, roads, stations, meal points, as GeoJSON.

- `store` rows of areas and of the map
"""
