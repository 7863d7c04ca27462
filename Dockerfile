# One image for every process of the room; which one it is, the command says.
# Pinned by version. Where images are mirrored, pin by digest too: python:3.11.14-slim-bookworm@sha256:…
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements/run.txt /tmp/run.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-compile --require-hashes -r /tmp/run.txt

FROM python:3.11.14-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends fontconfig fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin gwanje \
 && install -d -o gwanje -g gwanje /app/var
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE app.py ./
COPY park park
COPY data data
COPY feeds feeds
COPY cctv cctv
COPY workers workers
COPY layouts layouts
COPY callbacks callbacks
COPY api api
COPY assets assets
COPY locales locales
COPY parks parks
COPY docs/schemas/camera.json docs/schemas/camera.json
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GWANJE_HOST=0.0.0.0 GWANJE_VAR=/app/var
USER gwanje
VOLUME /app/var
EXPOSE 8050
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8050/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "uvicorn", "app:server", "--host", "0.0.0.0", "--port", "8050", "--ws", "websockets-sansio", \
     "--ws-max-size", "65536", "--ws-per-message-deflate", "false", \
     "--timeout-graceful-shutdown", "2", "--no-access-log", "--no-server-header", \
     "--no-proxy-headers"]
