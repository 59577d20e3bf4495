package io.entrepot.server.cli;

/**
 * A place in a Kubernetes manifest that names an image.
 *
 * @param image as it is written
 * @param line of the text, from 1
 * @param namespace of the object; empty: it says none
 * @param object kind and name, {@code Deployment/web}
 * @param field {@code containers[app].image}, {@code volumes[data].image.reference}
 * @param pullPolicy as it is written; empty: it is not
 * @param serviceAccount of the pod; empty: it says none
 */
record ImageUse(
        String image,
        int line,
        String namespace,
        String object,
        String field,
        String pullPolicy,
        String serviceAccount) {}
