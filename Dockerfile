# Builds from the package: run `mvn package -DskipTests` first. Any base with a shell and Java 17 or newer will do.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Entrepot" \
      org.opencontainers.image.description="A pull-through caching mirror for OCI registries" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ADD deploy/target/entrepot-${VERSION}.tar.gz /opt/
RUN mv /opt/entrepot-${VERSION} /opt/entrepot && \
    mkdir -p /etc/entrepot /var/lib/entrepot && \
    mv /opt/entrepot/conf/image.yaml /etc/entrepot/entrepot.yaml && \
    chown 10001:10001 /var/lib/entrepot && \
    { /opt/entrepot/bin/entrepot-prepare || [ $? -eq 4 ]; }
ENV PATH=/opt/entrepot/bin:${PATH}
WORKDIR /var/lib/entrepot
VOLUME /var/lib/entrepot
USER 10001:10001
EXPOSE 5000 5001
ENTRYPOINT ["/opt/entrepot/bin/entrepot"]
CMD ["serve", "--config", "/etc/entrepot/entrepot.yaml"]
