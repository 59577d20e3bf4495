# Builds from the package: run `mvn package -DskipTests` first. A base with Java 17 or newer; nothing is installed in it.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
ARG VERSION=0.1.0
ADD deploy/target/entrepot-${VERSION}.tar.gz /opt/
RUN ln -s /opt/entrepot-${VERSION} /opt/entrepot && mkdir -p /var/lib/entrepot && chown 10001:10001 /var/lib/entrepot
WORKDIR /var/lib/entrepot
VOLUME /var/lib/entrepot
USER 10001:10001
EXPOSE 5000 5001
ENTRYPOINT ["/opt/entrepot/bin/entrepot"]
CMD ["serve"]
