# One image for every process. Built from the lock file with its hashes; what builds it stays in the first stage.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock .
# pip stays outside of the environment that it fills.
RUN python -m venv --without-pip /opt/marquee \
    && pip --python /opt/marquee/bin/python install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY data data
RUN pip --python /opt/marquee/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && pip --python /opt/marquee/bin/python uninstall --yes hatchling packaging pathspec pluggy tomlkit trove-classifiers

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/marquee --create-home marquee
COPY --from=build /opt/marquee /opt/marquee
COPY docker/alive.py /opt/marquee/alive.py
ENV PATH=/opt/marquee/bin:$PATH PYTHONUNBUFFERED=1
USER marquee
# The SQLite database, if it is that, and the side file of titles.
WORKDIR /var/lib/marquee
VOLUME /var/lib/marquee
STOPSIGNAL SIGTERM
ENTRYPOINT ["marquee"]
CMD ["run"]
