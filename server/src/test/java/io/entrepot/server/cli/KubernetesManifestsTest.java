package io.entrepot.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The images of Kubernetes manifests, and where each stands. */
class KubernetesManifestsTest {

    @Test
    void everyPlaceOfAPod() {
        assertThat(KubernetesManifests.parse("m.yaml", """
                        apiVersion: v1
                        kind: Pod
                        metadata: { name: web, namespace: shop }
                        spec:
                          serviceAccountName: reader
                          initContainers:
                            - { name: init, image: a.example/init:1 }
                          containers:
                            - name: app
                              image: a.example/app:1
                              imagePullPolicy: Always
                          ephemeralContainers:
                            - { name: debug, image: a.example/debug:1 }
                          volumes:
                            - { name: none, emptyDir: {} }
                            - { name: model, image: { reference: "a.example/model:1", pullPolicy: Never } }
                        """))
                .containsExactly(
                        use("a.example/init:1", 7, "initContainers[init].image", ""),
                        use("a.example/app:1", 10, "containers[app].image", "Always"),
                        use("a.example/debug:1", 13, "ephemeralContainers[debug].image", ""),
                        use("a.example/model:1", 16, "volumes[model].image.reference", "Never"));
    }

    private static ImageUse use(String image, int line, String field, String policy) {
        return new ImageUse(image, line, "shop", "Pod/web", field, policy, "reader");
    }

    @Test
    void everyKindOfWorkloadInEveryDocument() {
        assertThat(KubernetesManifests.parse("m.yaml", """
                        # from a chart
                        apiVersion: batch/v1
                        kind: CronJob
                        metadata: { name: nightly, namespace: batch }
                        spec: { jobTemplate: { spec: { template: { spec: { containers: [ { name: a, image: "b.example/job:1" } ] } } } } }
                        ---
                        ---
                        {"apiVersion": "v1", "kind": "List", "items": [
                          {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "ops"},
                           "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b.example/agent:1"}]}}}},
                          {"apiVersion": "example.com/v1", "kind": "Rollout", "metadata": {"name": "own"},
                           "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b.example/own:1"}]}}}}
                        ]}
                        """))
                .extracting(ImageUse::image, ImageUse::line, ImageUse::namespace, ImageUse::object)
                .containsExactly(
                        tuple("b.example/job:1", 5, "batch", "CronJob/nightly"),
                        tuple("b.example/agent:1", 10, "ops", "DaemonSet/agent"),
                        tuple("b.example/own:1", 12, "", "Rollout/own"));
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.api.Assertions.tuple(values);
    }

    @Test
    void whatIsNoImageIsPassedOver() {
        assertThat(KubernetesManifests.parse("m.yaml", """
                        apiVersion: v1
                        kind: ConfigMap
                        data: { image: not-one }
                        spec: { containers: [ { name: a, image: ~ }, { name: b }, text ], volumes: [ { image: {} }, 1 ] }
                        """)).isEqualTo(List.of());
    }
}
