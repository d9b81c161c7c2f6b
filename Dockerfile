# The exchange as a container: one image for every role; the role is the command (`serve hefei.window`).

FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/exchange
COPY requirements.lock ./
RUN /opt/exchange/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY exchange exchange
COPY departments departments
RUN /opt/exchange/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
# Papers are drawn in Chinese by these.
RUN apt-get update -q && apt-get install -q -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
# The domain's folder belongs to the user the exchange runs as; a fresh volume mounted there takes that over.
RUN useradd --system --uid 10001 --home-dir /var/lib/exchange --create-home exchange \
    && chmod 700 /var/lib/exchange
COPY --from=build /opt/exchange /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EXCHANGE_HOME=/var/lib/exchange
USER exchange
WORKDIR /var/lib/exchange
VOLUME /var/lib/exchange
ENTRYPOINT ["exchange"]
CMD ["--help"]
