"""What a weather service answers, as it was once recorded, and a source that asks it."""

# The shape of Open-Meteo's /v1/forecast with current=temperature_2m,relative_humidity_2m,surface_pressure.
ANSWER = """{"latitude":52.52,"longitude":13.419998,"generationtime_ms":0.02384185791015625,"utc_offset_seconds":0,\
"timezone":"GMT","timezone_abbreviation":"GMT","elevation":38.0,"current_units":{"time":"iso8601","interval":"seconds",\
"temperature_2m":"\u00b0C","relative_humidity_2m":"%","surface_pressure":"hPa"},"current":{"time":"2026-11-23T12:15",\
"interval":900,"temperature_2m":4.6,"relative_humidity_2m":87,"surface_pressure":1008.3}}"""

MAP = [
    {"pointer": "/current/temperature_2m", "sensor": "outdoor_temp", "kind": "temperature", "unit": "Cel"},
    {"pointer": "/current/relative_humidity_2m", "sensor": "outdoor_rh", "kind": "relative_humidity", "unit": "%RH"},
    {"pointer": "/current/surface_pressure", "sensor": "outdoor_pressure", "kind": "pressure", "unit": "Pa", "exponent": 2},
]
TEMPERATURE = MAP[:1]


def source(url, **members):
    return {"url": url, "interval_ms": 60000, "timeout_ms": 5000, "map": TEMPERATURE, **members}
