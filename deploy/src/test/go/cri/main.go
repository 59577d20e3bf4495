// Command cri makes the kubelet's own calls for images on a container runtime's socket, and prints the runtime's answer or
// its error, which is what a pod's event shows.
//
//	cri SOCKET pull IMAGE [USER PASSWORD]
//	cri SOCKET status IMAGE
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: cri SOCKET pull|status IMAGE [USER PASSWORD]")
		os.Exit(2)
	}
	answer, err := call(os.Args[1], os.Args[2], os.Args[3], os.Args[4:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

func call(socket, what, image string, login []string) (string, error) {
	connection, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	images := cri.NewImageServiceClient(connection)
	switch what {
	case "pull":
		return pull(ctx, images, image, login)
	case "status":
		return status(ctx, images, image)
	}
	return "", fmt.Errorf("%s (expected: pull or status)", what)
}

// As the kubelet does, with credentials that name no server.
func pull(ctx context.Context, images cri.ImageServiceClient, image string, login []string) (string, error) {
	request := &cri.PullImageRequest{Image: &cri.ImageSpec{Image: image}}
	if len(login) == 2 {
		request.Auth = &cri.AuthConfig{Username: login[0], Password: login[1]}
	}
	response, err := images.PullImage(ctx, request)
	if err != nil {
		return "", err
	}
	return response.ImageRef, nil
}

func status(ctx context.Context, images cri.ImageServiceClient, image string) (string, error) {
	response, err := images.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: image}})
	if err != nil {
		return "", err
	}
	if response.Image == nil {
		return "absent", nil
	}
	return fmt.Sprintf("%s %v %d bytes", response.Image.Id, response.Image.RepoTags, response.Image.Size), nil
}
