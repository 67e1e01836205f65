# The product in one container: embedded defaults, or PostgreSQL and Redis by environment (docs/operating.md).
# --build-arg LOCK=requirements-azure.lock adds what signing in at Microsoft Entra needs, and
# requirements-mongo.lock what MongoDB and Cosmos DB as data sources need.
FROM python:3.11-slim AS build
ARG LOCK=requirements.lock
COPY requirements*.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r $LOCK

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 chatapp && mkdir /data && chown chatapp /data
COPY --from=build /venv /venv
COPY --chown=chatapp . /app
WORKDIR /app
USER chatapp
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["/venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["/venv/bin/python", "manage.py", "serve"]
