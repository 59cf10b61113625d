"""Chat inside a FastAPI application that was there before.

uvicorn mounted:app

The shop keeps its own routes; whatever it does not know is Tertulia's.
"""

from fastapi import FastAPI

from tertulia.runtime.application import create_app
from tertulia.runtime.settings import Settings

chat = create_app(Settings())  # the same settings as `tertulia serve`: TERTULIA_DATA and others
app = FastAPI(title="A shop", lifespan=chat.lifespan)


@app.get("/shop/hours")
def get_hours() -> dict[str, str]:
    return {"opens": "09:00", "closes": "20:00"}


app.mount("/", chat)
